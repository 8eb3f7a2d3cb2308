/** `rollkeeper task`: the positions under care. */
import { Command } from 'commander';
import { taskAcceptFlatCommand } from './task-accept-flat.ts';
import { taskAddCommand } from './task-add.ts';
import { taskCheckCommand } from './task-check.ts';
import { taskListCommand } from './task-list.ts';
import { taskLedgerCommand } from './task-ledger.ts';
import { taskPauseCommand } from './task-pause.ts';
import { taskPreviewCommand } from './task-preview.ts';
import { taskReopenCommand } from './task-reopen.ts';
import { taskResumeCommand } from './task-resume.ts';
import { taskRetryCommand } from './task-retry.ts';
import { taskShowCommand } from './task-show.ts';
import { taskWhyCommand } from './task-why.ts';

export const taskCommand = (): Command =>
  new Command('task')
    .description('Positions under care: what to watch for, and what to roll into')
    .addCommand(taskAddCommand())
    .addCommand(taskCheckCommand())
    .addCommand(taskPreviewCommand())
    .addCommand(taskListCommand())
    .addCommand(taskShowCommand())
    .addCommand(taskWhyCommand())
    .addCommand(taskLedgerCommand())
    .addCommand(taskPauseCommand())
    .addCommand(taskResumeCommand())
    .addCommand(taskRetryCommand())
    .addCommand(taskReopenCommand())
    .addCommand(taskAcceptFlatCommand());
