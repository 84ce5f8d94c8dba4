"""Starts the dashboard's server, once it is certain who will see what: `python -m dashboards.serve`.

What is misconfigured is refused here, before anything listens. Without access.yml only this machine is answered.
"""

import argparse
import os
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

from dashboards.access import Access, AccessError, read_access
from dashboards.signin import ACCESS_FILE, THIS_MACHINE

REPOSITORY = Path(__file__).resolve().parents[1]
NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
SHORTEST_COOKIE_SECRET = 32
NO_SIGN_IN = (
    "http://localhost:{port} answers this machine only: there is no sign-in (access.yml), and the pages show names to"
    " whoever can read the data folder."
)


def check_secrets(access: Access, file: Path) -> None:
    """See that the secrets which access.yml names can be used for a sign-in, and are nobody else's to read.

    Raises:
        AccessError: they can't; the message names file and cure, and no secret.
    """
    secrets = access.secrets
    where = f"{file}: secrets: {secrets}"
    if REPOSITORY in secrets.parents:
        raise AccessError(f"{where} is inside the program's own folder: keep it elsewhere, where it is never committed")
    try:
        mode, text = secrets.stat().st_mode, secrets.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"{where}: {getattr(error, 'strerror', None) or 'not UTF-8'}: see to this file") from None
    if mode & 0o007:
        raise AccessError(f"{where} is open to everybody on this machine: `chmod o= {secrets}`")
    try:
        auth: Any = tomllib.loads(text).get("auth")
    except tomllib.TOMLDecodeError:
        raise AccessError(f'{where} is not valid TOML: write `key = "value"` lines under [auth]') from None
    if not isinstance(auth, dict):
        raise AccessError(f"{where} has no section [auth]: add it with {', '.join(NEEDED)}")
    missing = [key for key in NEEDED if not isinstance(auth.get(key), str) or not auth[key]]
    if missing:
        raise AccessError(f"{where}, [auth]: add {', '.join(missing)}")
    if not auth["redirect_uri"].endswith("/oauth2callback"):
        raise AccessError(f"{where}, [auth] redirect_uri has to end with /oauth2callback")
    if len(auth["cookie_secret"]) < SHORTEST_COOKIE_SECRET:
        raise AccessError(
            f"{where}, [auth] cookie_secret is shorter than {SHORTEST_COOKIE_SECRET} characters:"
            " `python -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one"
        )


def streamlit_options(config: Path, address: str, port: int) -> tuple[list[str], str]:
    """The options that Streamlit is started with, and a sentence on who can come in.

    Raises:
        AccessError: nobody may be let in like this.
    """
    # The address is always given: without a sign-in nothing may listen to the network, whatever a file says.
    options = [f"--server.port={port}", f"--server.address={address}", "--server.headless=true"]
    options.append("--browser.gatherUsageStats=false")
    file = config / "access.yml"
    if not file.exists():
        if address not in THIS_MACHINE:
            raise AccessError(
                f"{file} does not exist, so nobody can sign in and only localhost may be answered: write it"
                " (config/access.example.yml), or leave --address out"
            )
        os.environ[ACCESS_FILE] = ""
        return options, NO_SIGN_IN.format(port=port)
    access = read_access(file)
    check_secrets(access, file)
    os.environ[ACCESS_FILE] = str(file.absolute())
    sentence = f"http://{address}:{port} shows each person what {file} gives them, after they have signed in."
    return [*options, f"--secrets.files={access.secrets}"], sentence


def main() -> None:
    """Check, say who can come in, and become the server."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.serve")
    for name in ("data", "config", "address", "port"):
        parser.add_argument(f"--{name}", required=True)
    asked = parser.parse_args()
    os.environ["RXLADDER_DATA"] = str(Path(asked.data).absolute())
    try:
        options, sentence = streamlit_options(Path(asked.config), asked.address, asked.port)
    except AccessError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    # Here rather than on top: what is misconfigured is said at once, and the first visitor waits for no library.
    from streamlit.web import cli

    import_module("dashboards.app_pages")
    print(sentence, flush=True)
    sys.argv = ["streamlit", "run", "dashboards/app.py", *options]
    cli.main()


if __name__ == "__main__":
    main()
