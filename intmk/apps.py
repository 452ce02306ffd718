from django.apps import AppConfig


class IntmkConfig(AppConfig):
    name = "intmk"
    verbose_name = "Integrationsministerkonferenz"

    def ready(self) -> None:
        from intmk import checks, removed_pages, slugs  # noqa: F401
