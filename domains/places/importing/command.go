package importing

import (
	"context"

	"kakehashi/domains/places/facility"
	"kakehashi/platform/db"
	"kakehashi/platform/module"
)

// Commands are `kakehashi import facilities` and `kakehashi export facilities`.
func Commands() []module.Command {
	return []module.Command{
		module.Import("facilities", "take a list of public facilities (CSV or Excel, either open data layout)", Import),
		module.Export("facilities", "write the facilities in the layout of 自治体標準オープンデータセット", Everything, Export),
	}
}

const page = 2000 // rows read at once

// Everything returns all facilities in use, in the order they came in.
func Everything(ctx context.Context, d *db.DB) (list []facility.Facility, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		list = nil
		for after := db.ID(0); ; {
			some, err := facility.All(tx, after, page)
			if err != nil {
				return err
			}
			for _, f := range some {
				after = f.ID
				if !f.Closed {
					list = append(list, f)
				}
			}
			if len(some) < page {
				return nil
			}
		}
	})
	return list, err
}
