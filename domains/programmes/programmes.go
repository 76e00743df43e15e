package programmes

import (
	"context"
	"embed"
	"fmt"

	"kakehashi/domains/programmes/demo"
	"kakehashi/domains/programmes/office"
	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of this module, for tests.
func Migrations() db.Migrations { return db.Migrations{Name: "programmes", FS: migrations} }

// Messages returns the texts of this module in every language.
func Messages() i18n.Source { return i18n.Source{Name: "programmes", FS: messages} }

// Neighbours is what this module asks of the others. Every field may be empty:
// then the page does without.
type Neighbours struct {
	// Happenings offer what is on; each answers for itself.
	Happenings []module.Happenings
	// HappeningTopics are touched whenever one of them has something new.
	HappeningTopics []string
	// GroupNames returns what the groups are called, those that do not show
	// themselves to everybody left out. A group's page is /groups/<id>.
	GroupNames func(tx *db.Tx, groups []db.ID) (map[db.ID]i18n.Text, error)
	// PersonTown is where a person lives; "" when not known.
	PersonTown func(tx *db.Tx, person db.ID) (string, error)
	// TownDistance is how far two towns are from each other; false when one of
	// them is not known.
	TownDistance func(a, b string) (metres int64, ok bool)
	// FieldActs is the one thing to do first in a field, by its slug: a search
	// for rooms in "place".
	FieldActs map[string]FieldAct
}

// FieldAct is something to do: a page of a neighbour with a message key, of the
// neighbour's or "programmes.act." with the field's slug.
//
//i18n:uses programmes.act.*
type FieldAct struct {
	Path     string
	LabelKey string
}

// Programmes is the module's own handle: what app and the neighbours ask of it.
type Programmes struct {
	deps      module.Deps
	near      Neighbours
	directory *programme.Directory
	office    *office.Office
}

// New puts the module together. It asks nothing of the network or database.
func New(deps module.Deps, n Neighbours) *Programmes {
	directory := programme.NewDirectory(deps.DB)
	return &Programmes{deps: deps, near: n, directory: directory, office: office.New(deps.DB, directory)}
}

// Connect hands in the neighbours that are built after this module. Call it
// before Module.
func (p *Programmes) Connect(n Neighbours) { p.near = n }

// Module is what the house is given.
func (p *Programmes) Module() module.Module {
	return module.Module{
		Name:       "programmes",
		Migrations: migrations,
		Messages:   []i18n.Source{Messages()},
		Routes:     append(p.routes(), p.office.Routes()...),
		Nav: []module.Nav{
			{Place: module.InOffice, Path: "/office/programmes", LabelKey: "programmes.office.title", Icon: "list", Show: office.Shown, Order: 30},
			{Place: module.InFooter, Path: "/programmes", LabelKey: "programmes.all", Icon: "list", Order: 10},
			{Place: module.InFooter, Path: "/happenings", LabelKey: "programmes.happenings", Icon: "calendar", Order: 20},
		},
		API:      p.api,
		Live:     []string{programme.Topic, record.Topic},
		Personal: []module.Personal{personal()},
		Demo:     func(ctx context.Context, d *module.Demo) error { return demo.Fill(ctx, d) },
		Checks:   []module.Check{checkRecord()},
	}
}

// RecordActivity makes Programmes a module.Recorder.
func (p *Programmes) RecordActivity(tx *db.Tx, a module.Activity) error { return record.Record(tx, a) }

// DropActivity takes the activity of a source out again, because it did not
// happen after all.
func (p *Programmes) DropActivity(tx *db.Tx, source db.ID) error { return record.Drop(tx, source) }

// AgeBand returns the age band that participants of an age in years are counted
// in, for the keys of module.Activity.Participants: AgeBand(34)+"/"+"vi".
func AgeBand(years int) string { return record.AgeBand(years) }

// Choice is a programme to choose from.
type Choice struct {
	ID    db.ID
	Slug  string
	Field string
	Name  i18n.Text
}

// Choices returns every programme in the city's order, for select boxes.
func (p *Programmes) Choices(tx *db.Tx) ([]Choice, error) {
	all, err := programme.All(tx)
	out := make([]Choice, len(all))
	for i := range all {
		out[i] = choice(&all[i])
	}
	return out, err
}

func choice(p *programme.Programme) Choice {
	return Choice{ID: p.ID, Slug: p.Slug, Field: p.Field, Name: p.Name}
}

// Programme returns the programme with the id; NotFound when there is none.
func (p *Programmes) Programme(tx *db.Tx, id db.ID) (Choice, error) {
	one, err := programme.Get(tx, id)
	return choice(&one), err
}

// ProgrammeBySlug returns the programme with the slug; NotFound when there is
// none.
func (p *Programmes) ProgrammeBySlug(tx *db.Tx, slug string) (Choice, error) {
	one, err := programme.BySlug(tx, slug)
	return choice(&one), err
}

// Names returns what the programmes are called; an id that is none is left out.
func (p *Programmes) Names(tx *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error) {
	all, err := programme.All(tx)
	if err != nil {
		return nil, err
	}
	out := make(map[db.ID]i18n.Text, len(ids))
	for i := range all {
		for _, id := range ids {
			if all[i].ID == id {
				out[id] = all[i].Name
			}
		}
	}
	return out, nil
}

// Name returns what the programme is called; NotFound when there is none.
func (p *Programmes) Name(tx *db.Tx, id db.ID) (i18n.Text, error) { return programme.Name(tx, id) }

// personal is what this module holds about a person: what they did. The sums
// outlive the person's name in it.
func personal() module.Personal {
	return module.Personal{
		Title: "programmes.own.title",
		Export: func(tx *db.Tx, loc *i18n.Localizer, person db.ID) ([]module.Record, error) {
			lines, err := record.ByPerson(tx, person)
			if err != nil {
				return nil, err
			}
			out := make([]module.Record, 0, len(lines))
			for _, l := range lines {
				name, err := programme.Name(tx, l.Programme)
				if err != nil {
					return nil, err
				}
				out = append(out, module.Record{Title: loc.DateLong(l.On), Values: []module.Value{
					{Label: loc.T("programmes.one"), Value: loc.Text(name)},
					{Label: loc.T("programmes.activity.kind.label"), Value: office.KindWord(loc, l.Kind)},
					{Label: loc.T("programmes.activity.minutes.label"), Value: loc.Number(l.Minutes)},
				}})
			}
			return out, nil
		},
		Erase: func(tx *db.Tx, person db.ID) ([]string, error) { return nil, record.Forget(tx, person) },
	}
}

// checkRecord lets doctor prove that the sums equal the activities.
func checkRecord() module.Check {
	return module.Check{
		Name: "programmes.record", Help: "the sums of the yearly records equal the activities they are made of",
		Run: func(ctx context.Context, deps module.Deps) (problems []string, err error) {
			var wrong []record.Wrong
			err = deps.DB.Read(ctx, func(tx *db.Tx) error {
				wrong, err = record.Prove(tx)
				return err
			})
			for _, w := range wrong {
				problems = append(problems, fmt.Sprintf("programme %v, %s: recorded %+v, activities say %+v", w.Programme, w.Month, w.Have, w.Is))
			}
			return problems, err
		},
	}
}

var _ module.Recorder = (*Programmes)(nil)
