"""One verb of the corpus in a process of its own, with sizes at which everything happens: to be killed from outside."""

import json
import sys
from dataclasses import asdict, replace

from tests.corpus.archived import SMALL
from xinheng.cli.installation import APP, set_up_django
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

SIZES = replace(SMALL, stretch_rows=300, spread_rows=1000)


def main(data: str, verb: str) -> None:
    folder = DataFolder(data)
    with database(folder) as server:
        set_up_django(folder, server.conninfo(APP))
        from xinheng.corpus import services
        from xinheng.corpus.examination import corpus_check

        if verb == "check":
            found = corpus_check(folder)
            print(json.dumps(asdict(found)))
            return
        print("begun", flush=True)
        getattr(services, f"corpus_{verb}")(folder, policy=SIZES)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
