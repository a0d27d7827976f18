"""Figures of engagement: exposures are recorded, and counted with what became of them."""

from sizzle.api.engagement.recorder import ExposureRecorder
from sizzle.api.engagement.service import EngagementService

__all__ = ["EngagementService", "ExposureRecorder"]
