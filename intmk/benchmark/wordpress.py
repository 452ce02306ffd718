# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""WordPress as Debian ships it, in a temporary folder: MariaDB, PHP and nginx of its own, with and without a cache."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from intmk.benchmark.servers import HOST, daemon, free_port, nginx_of

USR = Path("/usr")
INSTALLER = Path(__file__).with_name("compared") / "wordpress.php"
# A file by which each is known. In this order apt takes no Apache; a theme, which Debian recommends, has to be there.
PACKAGES = {
    "php-fpm php": "sbin/php-fpm*",
    "wordpress": "share/wordpress/wp-content/themes/*/style.css",
    "mariadb-server": "sbin/mariadbd",
    "php-mysql": "lib/php/*/mysqli.so",
    "nginx-light": "sbin/nginx",
}
CONFIGURATION = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_CHARSET', 'utf8mb4');
define('DB_HOST', 'localhost:%s'); $table_prefix = 'wp_';
define('WP_HOME', 'http://' . $_SERVER['HTTP_HOST']); define('WP_SITEURL', WP_HOME);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""


class Wordpress(NamedTuple):
    """Its address without and with nginx's FastCGI cache, and the pids of its servers."""

    site: str
    cached: str
    servers: list[int]
    database: int


def missing_packages() -> list[str]:
    """Return the Debian packages that WordPress needs and this machine lacks."""
    return [name for name, trace in PACKAGES.items() if not any(USR.glob(trace))]


@contextlib.contextmanager
def wordpress(folder: Path, pages: int) -> Iterator[Wordpress]:
    """Serve WordPress from `folder` while the block runs, with so many posts of the text and the picture in there."""
    files, database, php = folder / "wordpress", f"{folder}/mariadb.sock", f"{folder}/php.sock"
    own = shutil.ignore_patterns("wp-config.php", ".htaccess")
    shutil.copytree(USR / "share/wordpress", files, ignore=own, ignore_dangling_symlinks=True)
    (files / "wp-config.php").write_text(CONFIGURATION % database)
    is_root = os.geteuid() == 0
    data = ["--no-defaults", f"--datadir={folder}/mariadb", *(["--user=root"] if is_root else [])]
    made = [str(USR / "bin/mariadb-install-db"), *data, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(made, check=True, capture_output=True)
    quiet = ["--skip-networking", "--log-error=log", "--table-open-cache-instances=1"]
    mariadb = [str(USR / "sbin/mariadbd"), *data, f"--socket={database}", *quiet]
    fpm = folder / "fpm.conf"
    fpm.write_text(
        f"[global]\nerror_log = {folder}/fpm.log\n[www]\nlisten = {php}\npm = static\npm.max_children = 5\n"
        + ("user = root\ngroup = root\n" if is_root else "")
    )
    php_fpm = [str(max(USR.glob("sbin/php-fpm*"))), "-F", "-y", str(fpm), *(["-R"] if is_root else [])]
    plain, cached = free_port(), free_port()
    http = server(files, php, plain, "") + server(files, php, cached, "fastcgi_cache pages; fastcgi_cache_valid 10m;")
    http = f"fastcgi_cache_path cache keys_zone=pages:10m; fastcgi_cache_key $request_method$host$request_uri; {http}"
    with daemon(mariadb, database) as stores, daemon(php_fpm, php) as runs:
        install = [str(USR / "bin/php"), str(INSTALLER), f"{HOST}:{plain}", database, str(pages)]
        subprocess.run(install, check=True, cwd=folder)
        with nginx_of(str(USR / "sbin/nginx"), http, plain) as serves:
            yield Wordpress(f"http://{HOST}:{plain}", f"http://{HOST}:{cached}", [serves, runs], stores)


def server(files: Path, php: str, port: int, cache: str) -> str:
    """Return nginx's block for WordPress at a port."""
    return f"""server {{
        listen {HOST}:{port}; root {files}; index index.php; gzip on; include /etc/nginx/mime.types;
        location / {{ try_files $uri $uri/ /index.php$is_args$args; }}
        location ~ \\.php$ {{ include /etc/nginx/fastcgi.conf; fastcgi_pass unix:{php}; {cache} }}
    }}"""
