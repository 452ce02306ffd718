"""All checks, in the order in which they are told."""

from intmk.doctor import contents, database, machine, program
from intmk.doctor.findings import Check

CHECKS = (
    Check("Einstellungen", program.settings_are_safe),
    Check("Schlüssel", program.key_is_secret, quick=True),
    Check("Datenbank", database.it_answers, quick=True),
    Check("Datenbank", database.nobody_reads_along, quick=True),
    Check("Migrationen", database.nothing_is_missing),
    Check("Schreiben", database.it_takes_changes, quick=True),
    Check("Zeit", database.its_clock_is_ours, quick=True),
    Check("Zeit", machine.time_is_kept),
    Check("Datenträger", machine.folders_take_files, quick=True),
    Check("Objektspeicher", machine.bucket_takes_files, quick=True),
    Check("Dateien", contents.media_belong_to_database, quick=True),
    Check("Dateien", contents.files_are_there),
    Check("Sicherung", contents.backup_is_fresh),
    Check("Statische Dateien", program.check_static_files),
    Check("Uhr", contents.clock_runs, quick=True),
    Check("Fälliges", contents.nothing_is_overdue, quick=True),
    Check("Zugänge", program.no_demo_accounts, quick=True),
    Check("Zugänge", program.somebody_administers, quick=True),
    Check("Mail", machine.mail_server_answers),
    Check("Zertifikat", machine.certificate_holds),
    Check("Erreichbar", machine.site_answers),
)
