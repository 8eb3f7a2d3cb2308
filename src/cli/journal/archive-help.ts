/** How the commands that read journals are told where archived parts lie. */
export const archiveHelp =
  'where the files of archived parts lie now, a folder or s3://BUCKET/FOLDER; default: where they were written';
