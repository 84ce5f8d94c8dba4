"""The SQL behind the pages, one subject a file: functions from a Cell to a data frame; they never read widgets."""
