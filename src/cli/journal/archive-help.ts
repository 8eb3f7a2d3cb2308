/** How the commands that read journals are told where archived parts lie. */
export const archiveHelp = 'where the files of archived parts lie now; default: where they were written';
