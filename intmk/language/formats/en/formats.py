"""British dates, with a no-break space between day and month as in German, and short ones with the month in letters."""

DATE_FORMAT = "j\u00a0F\u00a0Y"
SHORT_DATE_FORMAT = "j\u00a0M\u00a0Y"
DATETIME_FORMAT = "j\u00a0F\u00a0Y, H:i"
