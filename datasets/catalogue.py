"""Public benchmark instances by name: from a local folder, or downloaded and verified.

A file is looked for in this order:

1. the folder named by the environment variable ``NETROUTE_DATA``: in the suite's folders below it
   (such as ``cvrp_X/X-n101-k25.vrp`` or ``sdn/repetita/Surfnet.graph``) or in the folder itself;
2. the cache of earlier downloads (``NETROUTE_CACHE``, else the user's cache folder), whose files
   are verified each time;
3. the suite's address, or that named by ``NETROUTE_MIRROR``, which stands for
   ``http://…/media/com_vrp/instances`` of CVRPLIB or ``…/2016TopologyZooUCL_inverseCapacity`` of
   REPETITA.

Nothing is downloaded whose checksum is not known beforehand: what a changed or taken-over server
sends must not become the instance that figures are reported on.
"""

from __future__ import annotations

import csv
import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from netroute.core.errors import InputError
from netroute.core.problem import resolve
from netroute.datasets.suites import SUITES as SUITES
from netroute.datasets.suites import Entry, registry


def names(suite: str) -> tuple[str, ...]:
    """All instance names of a suite.

    Examples
    --------
    >>> len(names("cvrplib")), names("cvrplib")[0]
    (110, 'X-n101-k25')
    """
    _require_suite(suite)
    return tuple(registry(suite))


def best_known(suite: str, name: str | None = None) -> float | None:
    """Return the best-known value of an instance, None where none is known.

    With one argument that is the name, looked for in all suites. A ``bks.csv`` with the columns
    ``name`` and ``bks`` in the local data folder goes before the catalogue's own value.

    Examples
    --------
    >>> best_known("cvrplib", "X-n106-k14")
    26362.0
    >>> best_known("my-own-instance") is None
    True
    """
    wanted = suite if name is None else name
    for found in SUITES if name is None else (suite,):
        _require_suite(found)
        if wanted in registry(found):
            local = _local_value(found, wanted)
            return registry(found)[wanted].best_known if local is None else local
    return None


def fetch(suite: str, name: str) -> Path:
    """Return the file of an instance, downloading it if need be.

    Parameters
    ----------
    suite, name : str
        Such as ``"cvrplib"`` and ``"X-n101-k25"``.

    Raises
    ------
    InputError
        An unknown suite or name, or a file that is neither here nor can be had; the message names
        the file and the address.
    """
    file = _file(_entry(suite, name).files()[0])
    if not SUITES[suite].packed:
        return file
    from netroute.datasets.download import cache_folder
    from netroute.datasets.packed import unpack

    return unpack(file, cache_folder() / suite / f"{name}{SUITES[suite].ending}")


def read_named(suite: str, name: str, **options: Any) -> Any:
    """Read an instance as its suite's best-known values are meant.

    Options of the suite's reader go before the suite's own ones.
    """
    from netroute.formats.registry import require_options

    file = fetch(suite, name)
    known = dict(SUITES[suite].options)
    others = [_file(entry) for entry in _entry(suite, name).files()[1:]]
    if others:
        known["demands"] = str(others[0])
    read = resolve(SUITES[suite].reader)
    require_options(read, options, where=f"{suite}:{name}")
    return read(file, **(known | options))


def _require_suite(suite: str) -> None:
    if suite not in SUITES:
        raise InputError(
            f"unknown suite {suite!r}, expected one of: {', '.join(SUITES)}", code="dataset.suite"
        )


def _entry(suite: str, name: str) -> Entry:
    _require_suite(suite)
    entries = registry(suite)
    if name not in entries:
        close = get_close_matches(name, entries, n=1, cutoff=0.5)
        raise InputError(
            f"found no instance {name!r} among the {len(entries)} of {SUITES[suite].title}",
            code="dataset.name",
            where=suite,
            hint=f"did you mean {close[0]!r}?"
            if close
            else f"the first one is {next(iter(entries))}",
        )
    return entries[name]


def _file(entry: Entry) -> Path:
    """Return the file that holds an instance, downloading it if need be."""
    local = _local_file(entry)
    if local is not None:
        return local
    from netroute.datasets.download import cache_folder, cached, download

    suite, name = entry.suite, Path(entry.path).name
    file = cache_folder() / suite / name
    if entry.sha256 and cached(file, entry.sha256):
        return file
    hint = f"put {name} into a folder and name that in NETROUTE_DATA"
    address = os.environ.get("NETROUTE_MIRROR") or SUITES[suite].address
    if address is None:
        raise InputError(
            f"no address is known that offers {name} in a format that netroute reads",
            code="dataset.address",
            where=f"{suite}:{entry.name}",
            hint=f"{hint}, or a mirror in NETROUTE_MIRROR",
        )
    url = f"{address.rstrip('/')}/{entry.path}"
    if not entry.sha256:
        raise InputError(
            f"{name} is not downloaded, because no checksum is known to verify it by",
            code="dataset.unverified",
            where=url,
            hint=f"get it yourself, {hint}",
        )
    hint = f"offline? {hint}, or a mirror in NETROUTE_MIRROR"
    download(url, file, sha256=entry.sha256, hint=hint)
    return file


def _data_folders(suite: str, name: str) -> list[Path]:
    data = os.environ.get("NETROUTE_DATA")
    if not data:
        return []
    root = Path(data)
    if not root.is_dir():
        raise InputError(f"found no folder {data}", code="dataset.folder", where="NETROUTE_DATA")
    folders = (folder.format(name=name) for folder in (*SUITES[suite].folders, ""))
    return [root / folder for folder in folders]


def _local_file(entry: Entry) -> Path | None:
    folders = _data_folders(entry.suite, entry.name)
    files = (folder / Path(entry.path).name for folder in folders)
    return next((file for file in files if file.is_file()), None)


def _local_value(suite: str, name: str) -> float | None:
    """Value of the table beside the local files."""
    for folder in _data_folders(suite, name):
        table = folder / "bks.csv"
        if not table.is_file():
            continue
        try:
            with table.open(newline="", encoding="utf-8") as stream:
                for row in csv.DictReader(stream):
                    if row.get("name") == name and row.get("bks"):
                        return float(row["bks"])
        except (OSError, ValueError, csv.Error) as error:
            raise InputError(f"cannot be read: {error}", where=str(table)) from None
    return None
