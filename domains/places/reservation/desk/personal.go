package desk

import (
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/letter"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// Personal is what reservations hold about a person.
func (d *Desk) Personal() module.Personal {
	return module.Personal{
		Title: "reservation.mine.title",
		Export: func(tx *db.Tx, loc *i18n.Localizer, person db.ID) ([]module.Record, error) {
			all, err := reservation.MadeFor(tx, person)
			if err != nil {
				return nil, err
			}
			out := make([]module.Record, len(all))
			for i, r := range all {
				n, err := d.svc.Notice(tx, r)
				if err != nil {
					return nil, err
				}
				l := letter.Letter{Notice: n}
				out[i] = module.Record{Title: l.When(loc)}
				for _, f := range l.Facts(loc) {
					out[i].Values = append(out[i].Values, module.Value{Label: loc.T(f.Key), Value: f.Value})
				}
				out[i].Values = append(out[i].Values, module.Value{Label: loc.T("reservation.field.state"), Value: loc.T("reservation.state." + string(r.State))})
			}
			return out, nil
		},
		Erase: func(tx *db.Tx, person db.ID) ([]string, error) {
			kept, err := d.svc.Erase(tx, person)
			if !kept {
				return nil, err
			}
			return []string{"reservation.kept"}, err
		},
	}
}
