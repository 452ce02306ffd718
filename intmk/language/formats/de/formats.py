"""Django's German dates, with a no-break space between day and month: a line never ends in "am 1."."""

DATE_FORMAT = "j.\u00a0F\u00a0Y"
DATETIME_FORMAT = "j.\u00a0F\u00a0Y, H:i"
