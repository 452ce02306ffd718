from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    name = "conferences"
    verbose_name = "Konferenzen"

    def ready(self) -> None:
        from conferences import resolution_facets

        resolution_facets.connect()
