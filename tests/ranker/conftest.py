"""Trained models that tests of the ranker share."""

from pathlib import Path

import pytest

from fixtures.histories import demo_histories
from fixtures.members import World, planted_world
from ranker import Histories, Ranker, TrainedModel, ViewingEvent, ViewingLog, save_model, train
from tests.made_once import made_once
from tests.ranker.small_histories import PLANTED_MODEL, PLANTED_TRAINING
from tests.torch_threads import one_thread  # noqa: F401 - for all tests here


@pytest.fixture(scope="session")
def events() -> list[ViewingEvent]:
    """The demo's viewing events."""
    return demo_histories()


@pytest.fixture(scope="session")
def histories(events: list[ViewingEvent]) -> Histories:
    """The demo's histories."""
    return Histories(events)


@pytest.fixture(scope="session")
def trained(events: list[ViewingEvent], tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    """A model trained on the demo's histories, as the demo trains it."""
    return made_once(tmp_path_factory, "demo", lambda _: train(ViewingLog.from_events(events)))


@pytest.fixture(scope="session")
def model_path(trained: TrainedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of that model; no test changes it."""
    path = tmp_path_factory.mktemp("ranker") / "model"
    save_model(path, trained.network)
    return path


@pytest.fixture(scope="session")
def ranker(model_path: Path, histories: Histories) -> Ranker:
    """A ranker of that model and the demo's histories."""
    return Ranker.load(model_path, histories)


@pytest.fixture(scope="session")
def world() -> World:
    """Members with planted tastes."""
    return planted_world(members=150)


@pytest.fixture(scope="session")
def log(world: World) -> ViewingLog:
    """The events of these members."""
    return ViewingLog.from_events(world.events)


@pytest.fixture(scope="session")
def planted(
    world: World, log: ViewingLog, tmp_path_factory: pytest.TempPathFactory
) -> TrainedModel:
    """A model trained on these events."""
    return made_once(
        tmp_path_factory,
        "planted",
        lambda _: train(log, world.titles, PLANTED_MODEL, PLANTED_TRAINING),
    )
