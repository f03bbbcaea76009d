"""A kind's folder and its definition say the same."""

import pytest

from destinations import catalog
from destinations.kind.folder import as_files, read_files, read_folder


@pytest.mark.parametrize("slug", catalog.slugs())
def test_written_and_read_again(slug):
    files = read_folder(catalog.FOLDER / slug)
    again = read_files(slug, as_files(files.definition, files.logo))
    assert again.definition == files.definition
    assert again.logo == files.logo


def test_samples_with_awkward_names():
    samples = [{"name": "../../etc/a b"}, {"name": "…"}]
    written = as_files({"name": "x", "samples": samples})
    assert [name for name in written if name.startswith("samples/")] == ["samples/etc-a-b.json", "samples/2.json"]
