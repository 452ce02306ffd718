from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    name = "conferences"
    verbose_name = "Konferenzen"

    def ready(self) -> None:
        from conferences import signal_handlers  # noqa: F401
        from conferences.archive import signal_handlers as archive  # noqa: F401
        from conferences.terms import signal_handlers as terms  # noqa: F401
