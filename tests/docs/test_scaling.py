"""The model behind the page about scaling says what was measured, and the page says what the model does."""

from pathlib import Path

import pytest

from tests.benchmarks.queueing import MEASURED, POSTGRESQL, latencies, needs, percentile, table, throughput

PAGE = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text()


@pytest.mark.parametrize("database", MEASURED)
def test_the_model_says_what_was_measured(database: str) -> None:
    costs, measured = MEASURED[database]
    run = latencies(costs, measured.delivered / 2)
    assert throughput(costs) == pytest.approx(measured.delivered, rel=0.25)
    assert percentile(run, 0.5) == pytest.approx(measured.p50, rel=0.25)


def test_latency_rises_towards_what_is_possible() -> None:
    most = 1_000 / (POSTGRESQL.worker + POSTGRESQL.database_out)
    p95 = [percentile(latencies(POSTGRESQL, most * share), 0.95) for share in (0.5, 0.9, 0.99, 1.2)]
    assert p95 == sorted(p95)
    assert p95[3] > 20 * p95[0]


def test_more_of_everything_for_more() -> None:
    few = [needs(rate) for rate in (1_000, 10_000, 100_000)]
    for of in ("web", "workers", "database"):
        counts = [getattr(one, of) for one in few]
        assert counts == sorted(counts)
    assert needs(10_000, 3).workers == 3 * needs(10_000).workers


def test_the_page_says_what_the_model_does() -> None:
    assert PAGE.partition("<!-- needs -->\n")[2].partition("<!-- /needs -->")[0].strip() == table()
    words = " ".join(PAGE.split())
    costs, measured = MEASURED["PostgreSQL"]
    p50 = percentile(latencies(costs, measured.delivered / 2), 0.5)
    assert f"{throughput(costs):,.0f} delivered per second where {measured.delivered:,.0f} were measured" in words
    assert f"a p50 of {p50:.0f} ms at half the rate where {measured.p50:.0f} were" in words
