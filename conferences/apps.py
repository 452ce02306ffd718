from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    name = "conferences"
    verbose_name = "Konferenzen"

    def ready(self) -> None:
        from intmk.trash import signal_handlers as trash  # noqa: F401, I001  # before those below
        from conferences import signal_handlers  # noqa: F401
        from conferences.archive import signal_handlers as archive  # noqa: F401
        from conferences.terms import signal_handlers as terms  # noqa: F401
