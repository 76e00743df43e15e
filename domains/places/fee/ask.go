package fee

import (
	"cmp"

	"kakehashi/domains/places/rules"
)

// Questions are what an applicant has to be asked, because an answer would
// change what the use of the room costs.
type Questions struct {
	Use        bool
	Admission  bool
	Commercial bool
	Extras     []rules.Extra // that can be chosen, those charged anyway excepted
}

// None reports whether there is nothing to ask.
func (q Questions) None() bool {
	return !q.Use && !q.Admission && !q.Commercial && len(q.Extras) == 0
}

// Ask returns the questions that matter for a use. use says that something else
// than the fee depends on what the room is used for.
func Ask(in Input, use bool) Questions {
	q := Questions{Use: use}
	for _, r := range in.Reductions.Lines {
		q.Use = q.Use || len(r.Uses) > 0 && named(r.Kinds, in.Who.Kind)
	}
	for _, s := range in.Rules.Surcharges {
		q.Admission = q.Admission || s.Percent > 0 && (s.When == Admission || s.When == AdmissionCommercial)
		q.Commercial = q.Commercial || s.Percent > 0 && (s.When == Commercial || s.When == AdmissionCommercial)
	}
	for _, e := range in.Rules.Extras {
		if named(e.Classes, in.Room.Class) && (!e.Always || e.Most > 1) && in.during(e.Months) {
			q.Extras = append(q.Extras, e)
		}
	}
	return q
}

// during reports whether the use falls into one of the months.
func (in Input) during(months []int) bool {
	for _, d := range in.Days {
		if named(months, int(d.Date.Month)) {
			return true
		}
	}
	return len(in.Days) == 0
}

// Most is how many of an extra can be asked for.
func Most(e rules.Extra) int { return cmp.Or(max(0, e.Most), 1) }
