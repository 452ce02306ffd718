"""What has to happen without anybody asking for a page: the command ``clock``, which ``serve`` runs beside granian."""

# Functions registered with wagtail.hooks under this name take nothing; the command calls each of them every minute.
EVERY_MINUTE = "intmk_every_minute"
