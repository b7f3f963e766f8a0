"""Where the corpus lies in the data folder, and who may touch it when.

``run/corpus.lock`` is held by the one who writes, ``run/corpus-readers.lock`` shared by all who read: files that no
manifest names any more are removed only while nobody reads.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xinheng.corpus.manifest import Manifest, read_manifest
from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import PRIVATE, DataFolder, make_folder
from xinheng.runtime.locks import held, take

WRITER, READERS = "corpus.lock", "corpus-readers.lock"
SPILL = "spill"
TAIL = "tail"


@dataclass(frozen=True, slots=True)
class Layout:
    """The corpus of one data folder."""

    folder: DataFolder

    @property
    def path(self) -> Path:
        """The corpus' own folder; only its owner may look into it."""
        return self.folder.corpus

    @property
    def manifest(self) -> Path:
        """The manifest in force."""
        return self.path / "manifest.json"

    @property
    def built(self) -> bool:
        """Whether there is a manifest."""
        return self.manifest.exists()

    @property
    def spill(self) -> Path:
        """Where the column engine puts what does not fit into memory."""
        return self.path / SPILL

    def place(self, generation: int, stream: str, bucket: int | None, span: tuple[int, int]) -> str:
        """Name of a part file below the corpus' folder. Acts and bucket determine its rows, so a name means one
        content."""
        within = TAIL if bucket is None else f"bucket={bucket:02d}"
        return f"g{generation:04d}/{stream}/{within}/part-{span[0]}-{span[1]}.parquet"

    def prepare(self) -> None:
        """Make the folders that are not there yet."""
        make_folder(self.folder.run, mode=0o711)
        for folder in (self.path, self.spill):
            make_folder(folder, mode=PRIVATE)

    def file(self, name: str) -> Path:
        """The path of a part that is to be written, its folders made."""
        path = self.path / name
        for above in reversed([parent for parent in path.parents if self.path in parent.parents]):
            make_folder(above, mode=PRIVATE)
        return path

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; waits for another one. What a killed writer left goes first."""
        self.prepare()
        with held(self.folder.run / WRITER):
            self.sweep()
            yield
            self.sweep()

    @contextmanager
    def reading(self) -> Iterator[Manifest]:
        """The manifest in force; its files stay as long as the block lasts."""
        self.prepare()
        with held(self.folder.run / READERS, shared=True):
            yield read_manifest(self.manifest)

    def next_generation(self) -> int:
        """A number that no generation has, not even one whose manifest is lost."""
        return max((int(path.name[1:]) for path in self.path.glob("g[0-9]*")), default=0) + 1

    def sweep(self) -> None:
        """Remove files that the manifest does not name. Only for the writer; while somebody reads, nothing goes."""
        alone = take(self.folder.run / READERS)
        if alone is None:
            return
        try:
            with contextlib.suppress(RuntimeRefusal), file_errors(self.path):
                self._remove_unnamed()
        finally:
            os.close(alone)

    def _remove_unnamed(self) -> None:
        """With a manifest that cannot be read, nothing goes: what it named may still be wanted."""
        named = {self.path / part.file for part in read_manifest(self.manifest).files()} if self.built else set()
        for path in self.path.glob("g*/**/*"):
            if path.is_file() and path not in named:
                path.unlink()
        for folder in sorted(self.path.glob("g*/**/"), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        shutil.rmtree(self.spill, ignore_errors=True)
        make_folder(self.spill, mode=PRIVATE)
