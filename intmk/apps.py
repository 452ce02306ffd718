from django.apps import AppConfig


class IntmkConfig(AppConfig):
    name = "intmk"
    verbose_name = "Integrationsministerkonferenz"

    def ready(self) -> None:
        from intmk import checks  # noqa: F401
        from intmk.addresses import signal_handlers as addresses  # noqa: F401
        from intmk.audit import signal_handlers as audit  # noqa: F401
        from intmk.base import signal_handlers as base  # noqa: F401
        from intmk.language import signal_handlers as language  # noqa: F401
        from intmk.media import signal_handlers as media  # noqa: F401
        from intmk.search import signal_handlers as search  # noqa: F401
        from intmk.server import signal_handlers as server  # noqa: F401
