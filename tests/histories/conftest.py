"""What tests of histories share."""

from tests.torch_threads import one_thread  # noqa: F401 - for all tests here
