// Package cast fills the day of use of the demo city: who has come today, what
// is out, what was reported, who has points.
package cast

import (
	"context"

	"kakehashi/platform/files"
	"kakehashi/platform/module"
)

// Fill writes the day of the demo city.
func Fill(ctx context.Context, d *module.Demo, store *files.Store) error { return nil }
