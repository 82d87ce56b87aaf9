"""What we know of each stored file."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import public_id
from app.database import Base, BigId, UTCDateTime


class StoredFile(Base):
    """A file under `data_dir/files/<first two letters of public_id>/<public_id>`.

    `name` is what its sender called it, cleaned; `kind` (pdf, jpeg or png) is what its first bytes say; `size` is in
    bytes. The row stays when the file is deleted: the log still tells what there was.
    """

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
