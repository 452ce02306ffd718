from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    name = "conferences"
    verbose_name = "Konferenzen"

    def ready(self) -> None:
        from conferences import signal_handlers  # noqa: F401
        from conferences.archive import facets

        facets.connect()
