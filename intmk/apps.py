from django.apps import AppConfig


class IntmkConfig(AppConfig):
    name = "intmk"
    verbose_name = "Integrationsministerkonferenz"

    def ready(self) -> None:
        from django.db.models.signals import post_save, pre_save
        from wagtail.models import Revision
        from wagtail.signals import page_published

        from conferences.chair_rights import chair_settled
        from conferences.models import ChairTerm
        from intmk import audit, audit_approval, checks, former_addresses, proposed_files, search_freshness, slugs  # noqa: F401
        from intmk.readable_input import before_saving
        from intmk.videos import SiteVideo

        pre_save.connect(before_saving)
        page_published.connect(proposed_files.when_published)
        post_save.connect(proposed_files.when_published, sender=ChairTerm)
        post_save.connect(proposed_files.when_scheduled, sender=Revision)
        post_save.connect(proposed_files.when_published, sender=SiteVideo)  # its picture
        for model in proposed_files.MODELS:
            post_save.connect(proposed_files.when_file_saved, sender=model)
        chair_settled.connect(proposed_files.when_chair_passed)
