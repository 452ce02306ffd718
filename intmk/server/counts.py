"""What is counted while the site runs, for Prometheus (intmk/server/metrics.py).

Several processes serve; the library adds up their numbers, from files in the folder that PROMETHEUS_MULTIPROC_DIR names
(intmk/server/serve.py sets it). Without it each process counts for itself.
"""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "intmk_request_seconds",
    "Anfragen, die Django beantwortet hat, und wie lange es dauerte",
    ["area", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
STORED = Counter("intmk_stored_answers", "Antworten der gespeicherten Seiten, ohne Django", ["kind"])
KEPT, KEPT_BYTES = (
    Gauge(f"intmk_stored_{what}", text, ["shelf"], multiprocess_mode="livesum")
    for what, text in (("entries", "gespeicherte Antworten"), ("bytes", "was sie höchstens belegen"))
)
QUERIES = Counter("intmk_database_queries", "Abfragen der Datenbank, die zu Anfragen gehören")
CONNECT_FAILURES = Counter("intmk_database_connect_failures", "vergebliche Verbindungen zur Datenbank", ["result"])
MAILS = Counter("intmk_mails", "Mails an den Mailserver", ["result"])
SIGN_INS = Counter("intmk_sign_ins", "Anmeldungen an der Redaktion", ["result"])
