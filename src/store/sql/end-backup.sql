-- The copy is made. What has to stand in its backup_label
SELECT labelfile AS label FROM pg_backup_stop(false)
