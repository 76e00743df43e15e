package programmes

import (
	"context"
	"io"

	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
)

// Commands are `kakehashi import programmes` and `kakehashi export programmes`.
func Commands() []module.Command {
	return []module.Command{
		module.Import("programmes", "take a table of the city's programmes (CSV or Excel: field, office, programme, description, partners)", programme.Import),
		module.Export("programmes", "write the programmes in the layout that import reads", everything, write),
	}
}

func everything(ctx context.Context, d *db.DB) (*programme.Snapshot, error) {
	return programme.NewDirectory(d).Get(ctx)
}

func write(w io.Writer, f table.Format, all *programme.Snapshot) error {
	return table.Write(w, f, programme.Header(), all.Lines())
}
