/** `rollkeeper journal`: what happened to a task, and journals as files. */
import { Command } from 'commander';
import { journalExportCommand } from './journal-export.ts';
import { journalImportCommand } from './journal-import.ts';
import { journalShowCommand } from './journal-show.ts';
import { journalVerifyCommand } from './journal-verify.ts';

export const journalCommand = (): Command =>
  new Command('journal')
    .description('What happened to a task, row by row: show, verify, export, import')
    .addCommand(journalShowCommand(), { isDefault: true })
    .addCommand(journalVerifyCommand())
    .addCommand(journalExportCommand())
    .addCommand(journalImportCommand());
