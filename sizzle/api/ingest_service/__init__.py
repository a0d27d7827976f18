"""What the endpoints of ingests and the editors' pages share: uploads, jobs and previews."""

from sizzle.api.ingest_service.service import IngestService

__all__ = ["IngestService"]
