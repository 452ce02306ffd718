"""What Länder wrote on public pages leaves the pages' line of versions and becomes proposals; no version is deleted."""

import json
import re

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# What the log says of a version when somebody with the right to publish has decided on all that it holds.
SETTLED = ("wagtail.publish", "wagtail.publish.schedule", "wagtail.publish.scheduled", "intmk.proposal.decline")
NOT_CONTENT = {
    "pk", "path", "depth", "numchild", "url_path", "translation_key", "locale", "content_type", "owner", "alias_of",
    "live", "expired", "locked", "locked_at", "locked_by", "has_unpublished_changes", "draft_title", "live_revision",
    "latest_revision", "latest_revision_created_at", "first_published_at", "last_published_at", "wagtail_admin_comments",
}  # fmt: skip


def plain(value):
    """Return a stored value without what changes by itself: keys of rows, blocks and paragraphs."""
    if isinstance(value, str) and value.startswith(("[", "{")):
        try:
            return plain(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, str):
        return re.sub(r' data-block-key="[^"]*"', "", value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in ("pk", "id")}
    return value


def differing(before, after):
    """Return the names of the fields that are others in the later of two stored versions."""
    return {name for name in after if name not in NOT_CONTENT and plain(before.get(name)) != plain(after[name])}


def set_proposals_apart(apps, schema_editor) -> None:
    """Make a proposal of what each Land wrote after the version that was decided on last, and give the chair its own."""
    Page, Revision = apps.get_model("wagtailcore", "Page"), apps.get_model("wagtailcore", "Revision")
    logs = apps.get_model("wagtailcore", "PageLogEntry").objects
    of_pages = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="wagtailcore", model="page").first()
    chairs = set(apps.get_model("users", "User").objects.filter(groups__name="Vorsitz").values_list("land_code", flat=True))
    ever_public = models.Q(live=True) | models.Q(first_published_at__isnull=False)
    for page in Page.objects.filter(ever_public, latest_revision__isnull=False):
        revisions = list(
            Revision.objects.filter(base_content_type=of_pages, object_id=str(page.pk))
            .select_related("user")
            .order_by("created_at", "pk")
        )
        settled = {page.live_revision_id, *logs.filter(page=page, action__in=SETTLED).values_list("revision", flat=True)}
        start = max((place + 1 for place, revision in enumerate(revisions) if revision.pk in settled), default=0)
        nameless = [revision.pk for revision in revisions[start:] if revision.user is None]
        # The log still has the number of an account that was deleted; of what the site did by itself it has none.
        deleted = set(logs.filter(revision__in=nameless, user_id__isnull=False).values_list("revision", flat=True))

        def land_of(revision, deleted=deleted):
            """Return the code of the Land that proposed by this version, None for one of the chair or the site."""
            if revision.user is None:
                return "" if revision.pk in deleted else None
            is_chair = revision.user.is_superuser or revision.user.land_code in chairs - {""}
            return None if is_chair else revision.user.land_code

        if any(land_of(revision) is not None for revision in revisions[start:]):
            split(apps, page, revisions[start - 1] if start else None, revisions[start:], land_of)


def split(apps, page, settled, pending, land_of) -> None:
    """Do so for one page; `pending` are the versions after `settled`, which is None where none was decided on."""
    base = settled.content if settled else {}
    former, theirs, latest, left, held = {}, {}, pending[-1], dict(pending[-1].content), set()
    before = base
    for revision in pending:
        names, land = differing(before, revision.content), land_of(revision)
        if land is None:
            # What the chair has typed over a proposal is the chair's.
            left |= {name: revision.content[name] for name in names}
            held -= names
        else:
            written = theirs.setdefault(land, ({}, []))
            written[0].update({name: revision.content[name] for name in names})
            written[1].append(revision)
            for name in names:
                former.setdefault(name, before.get(name))
                if name not in held:
                    left[name] = before.get(name)
            held |= names
        before = revision.content
    undone = former.keys() - {name for name in former if plain(former[name]) != plain(latest.content.get(name))}
    left_of = {
        land: ({name: value for name, value in fields.items() if name not in undone}, versions)
        for land, (fields, versions) in theirs.items()
    }
    proposals = {land: written for land, written in left_of.items() if written[0]}
    for land, (fields, versions) in proposals.items():
        make_proposal(apps, page, land, base, fields, versions)
    if not proposals or (settled is None and any(land_of(revision) is None for revision in pending)):
        return  # nothing of theirs is left in it, or nobody can tell what stood there before
    take_out_of_draft(apps, page, settled, pending, left, land_of)


def take_out_of_draft(apps, page, settled, pending, left, land_of) -> None:
    """Make a draft of what is `left` the newest version, or go back to the last that was decided on."""
    latest = pending[-1]
    if not settled or not differing(settled.content, left):
        page.latest_revision, page.has_unpublished_changes = settled, settled and settled.pk != page.live_revision_id or False
    else:
        Revision = apps.get_model("wagtailcore", "Revision")
        page.latest_revision = Revision.objects.create(
            content_type_id=latest.content_type_id,
            base_content_type_id=latest.base_content_type_id,
            object_id=latest.object_id,
            object_str=latest.object_str,
            user=next((revision.user for revision in reversed(pending) if land_of(revision) is None), None),
            created_at=django.utils.timezone.now(),
            content=left,
        )
        page.has_unpublished_changes = True
    page.latest_revision_created_at = page.latest_revision and page.latest_revision.created_at
    page.draft_title = page.latest_revision.content["title"] if page.latest_revision else page.title
    page.save(update_fields=["latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"])


def make_proposal(apps, page, land, base, fields, versions) -> None:
    """Store what one Land wrote; what awaited approval is sent, what was rejected is returned."""
    states = apps.get_model("wagtailcore", "WorkflowState").objects.filter(
        object_id=str(page.pk), base_content_type_id=versions[-1].base_content_type_id, requested_by__land_code=land
    )
    waiting = states.filter(status="in_progress").first() if land else None
    rejected = states.filter(status="needs_changes").order_by("-created_at").first() if land and not waiting else None
    decided = rejected and rejected.task_states.filter(status="rejected").order_by("-finished_at").first()
    apps.get_model("intmk", "Proposal").objects.create(
        page=page,
        land_code=land,
        state="sent" if waiting else "returned" if rejected else "draft",
        content=base | fields if base else versions[-1].content,
        base=base,
        answer=(decided.comment[:2000] if decided else ""),
        author=versions[-1].user,
        decided_by=decided.finished_by if decided else None,
        saved_at=versions[-1].created_at,
        sent_at=(waiting or rejected).created_at if waiting or rejected else None,
        decided_at=decided.finished_at if decided else None,
        version=1,
    )
    for state in filter(None, [waiting, rejected]):
        state.task_states.filter(status="in_progress").update(status="cancelled")
        state.status = "cancelled"
        state.save(update_fields=["status"])


class Migration(migrations.Migration):

    dependencies = [
        ('intmk', '0021_trash'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('land_code', models.CharField(blank=True, choices=[('DE-BW', 'Baden-Württemberg'), ('DE-BY', 'Bayern'), ('DE-BE', 'Berlin'), ('DE-BB', 'Brandenburg'), ('DE-HB', 'Bremen'), ('DE-HH', 'Hamburg'), ('DE-HE', 'Hessen'), ('DE-MV', 'Mecklenburg-Vorpommern'), ('DE-NI', 'Niedersachsen'), ('DE-NW', 'Nordrhein-Westfalen'), ('DE-RP', 'Rheinland-Pfalz'), ('DE-SL', 'Saarland'), ('DE-SN', 'Sachsen'), ('DE-ST', 'Sachsen-Anhalt'), ('DE-SH', 'Schleswig-Holstein'), ('DE-TH', 'Thüringen')], max_length=5, verbose_name='Land')),
                ('state', models.CharField(choices=[('draft', 'in Arbeit'), ('sent', 'gesendet'), ('returned', 'zurückgegeben'), ('taken', 'übernommen')], default='draft', max_length=10, verbose_name='Stand')),
                ('content', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='Inhalt')),
                ('base', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='Ausgangsfassung')),
                ('taken', models.JSONField(default=list, verbose_name='übernommene Felder')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='Begründung')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='Antwort')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='gespeichert am')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='gesendet am')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='entschieden am')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('told', models.BooleanField(default=True, editable=False)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='geschrieben von')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entschieden von')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.page', verbose_name='Seite')),
            ],
            options={
                'verbose_name': 'Vorschlag',
                'verbose_name_plural': 'Vorschläge',
                'ordering': ['-saved_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'taken'), _negated=True), fields=('page', 'land_code'), name='one_proposal_of_each_land')],
            },
        ),
        migrations.RunPython(set_proposals_apart, migrations.RunPython.noop),
    ]
