"""Django's way to a mail server, with a number for what it took and what it refused."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from intmk.server.counts import MAILS


class EmailBackend(smtp.EmailBackend):
    """Counts mails; what cannot be sent is raised as ever."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many were sent; raise OSError as Django's does."""
        sent = 0
        try:
            sent = super().send_messages(email_messages) or 0
        finally:
            MAILS.labels("verschickt").inc(sent)
            MAILS.labels("gescheitert").inc(len(email_messages) - sent)
        return sent
