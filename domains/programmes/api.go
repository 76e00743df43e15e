package programmes

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// Words is a text in every language that it was written in.
type Words map[string]string

func words(t i18n.Text) Words {
	out := make(Words, len(t))
	for l, s := range t {
		out[string(l)] = s
	}
	return out
}

// FieldJSON is a field as the API shows it.
type FieldJSON struct {
	Slug string `json:"slug" enum:"place,take,watch,help,ask"`
	Name Words  `json:"name" doc:"by language"`
	Lead Words  `json:"lead" doc:"by language"`
}

// ProgrammeJSON is a programme as the API shows it.
type ProgrammeJSON struct {
	ID          db.ID  `json:"id"`
	Slug        string `json:"slug"`
	Field       string `json:"field"`
	Name        Words  `json:"name" doc:"by language"`
	Summary     Words  `json:"summary" doc:"by language"`
	Audience    Words  `json:"audience" doc:"for whom, by language"`
	Steps       Words  `json:"steps" doc:"how to take part, one step a line, by language"`
	Partners    Words  `json:"partners" doc:"by language"`
	PartnerWork Words  `json:"partner_work" doc:"what partners do, by language"`
	Office      Words  `json:"office" doc:"who answers, by language"`
	Phone       string `json:"phone,omitempty"`
	Mail        string `json:"mail,omitempty"`
	Hours       Words  `json:"hours" doc:"when the office answers, by language"`
	Official    string `json:"official,omitempty" doc:"the description in the city's own paper, in Japanese"`
}

func programmeJSON(p *programme.Programme) ProgrammeJSON {
	return ProgrammeJSON{
		ID: p.ID, Slug: p.Slug, Field: p.Field, Name: words(p.Name), Summary: words(p.Summary), Audience: words(p.Audience),
		Steps: words(p.Steps), Partners: words(p.Partners), PartnerWork: words(p.PartnerWork), Office: words(p.Contact),
		Phone: p.Phone, Mail: p.Mail, Hours: words(p.Hours), Official: p.Official,
	}
}

// SumJSON is what some activities add up to.
type SumJSON struct {
	Month        string `json:"month,omitempty" doc:"YYYY-MM"`
	Activities   int64  `json:"activities"`
	Minutes      int64  `json:"minutes"`
	Participants int64  `json:"participants"`
}

// HeadJSON is a number of participants.
type HeadJSON struct {
	Age          string `json:"age" doc:"0-11, 12-17, 18-39, 40-64, 65+ or unknown"`
	Language     string `json:"language" doc:"one of the ten, or unknown"`
	Participants int64  `json:"participants"`
}

// RecordJSON is the yearly record of a programme.
type RecordJSON struct {
	Programme    string     `json:"programme"`
	FiscalYear   int        `json:"fiscal_year" doc:"the year in whose April it begins"`
	Total        SumJSON    `json:"total"`
	Months       []SumJSON  `json:"months" doc:"April first"`
	Participants []HeadJSON `json:"participants"`
	Before       SumJSON    `json:"before" doc:"the total of the year before"`
}

// HappeningJSON is something that is on.
type HappeningJSON struct {
	ID        db.ID     `json:"id"`
	Programme db.ID     `json:"programme,omitempty"`
	Field     string    `json:"field,omitempty"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	Title     Words     `json:"title" doc:"by language"`
	Where     Words     `json:"where" doc:"by language"`
	Town      string    `json:"town,omitempty"`
	URL       string    `json:"url,omitempty"`
}

func sumJSON(month string, s record.Sum) SumJSON {
	return SumJSON{Month: month, Activities: s.Acts, Minutes: s.Minutes, Participants: s.Heads}
}

// api registers the module's operations.
func (p *Programmes) api(a *api.API) {
	type list[T any] struct {
		Body struct {
			Items []T `json:"items"`
		}
	}
	get := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"programmes"}}
	}
	api.Register(a, web.Public(), get("fields", "/fields", "The five fields"), func(ctx context.Context, _ *struct{}) (*list[FieldJSON], error) {
		all, err := p.directory.Get(ctx)
		if err != nil {
			return nil, err
		}
		out := &list[FieldJSON]{}
		out.Body.Items = []FieldJSON{}
		for _, f := range all.Fields {
			out.Body.Items = append(out.Body.Items, FieldJSON{f.Slug, words(f.Name), words(f.Lead)})
		}
		return out, nil
	})

	type listIn struct {
		Field string `query:"field" doc:"only of this field"`
		Query string `query:"q" maxLength:"100" doc:"only what says this"`
	}
	api.Register(a, web.Public(), get("programmes", "/programmes", "All programmes"), func(ctx context.Context, in *listIn) (*list[ProgrammeJSON], error) {
		all, err := p.directory.Get(ctx)
		if err != nil {
			return nil, err
		}
		out := &list[ProgrammeJSON]{}
		out.Body.Items = []ProgrammeJSON{}
		lang := i18n.From(ctx).Lang()
		for _, one := range all.In(in.Field) {
			if one.Matches(in.Query, lang) {
				out.Body.Items = append(out.Body.Items, programmeJSON(&one))
			}
		}
		return out, nil
	})

	type slugIn struct {
		Slug string `path:"slug"`
	}
	type one struct{ Body ProgrammeJSON }
	api.Register(a, web.Public(), get("programme", "/programmes/{slug}", "One programme"), func(ctx context.Context, in *slugIn) (*one, error) {
		all, err := p.directory.Get(ctx)
		if err != nil {
			return nil, err
		}
		found, err := all.BySlug(in.Slug)
		if err != nil {
			return nil, err
		}
		return &one{programmeJSON(found)}, nil
	})

	type yearIn struct {
		Slug string `path:"slug"`
		Year int    `query:"year" doc:"fiscal year; the running one when left out"`
	}
	type recordOut struct{ Body RecordJSON }
	api.Register(a, web.Public(), get("programme-record", "/programmes/{slug}/record", "The yearly record of a programme"), func(ctx context.Context, in *yearIn) (*recordOut, error) {
		body, err := p.recordJSON(ctx, in.Slug, in.Year)
		return &recordOut{body}, err
	})

	type onIn struct {
		Programme string `query:"programme" doc:"slug of a programme"`
		From      string `query:"from" doc:"first day, YYYY-MM-DD; today when left out"`
		Until     string `query:"until" doc:"last day, YYYY-MM-DD; four weeks after from when left out"`
	}
	api.Register(a, web.Public(), get("happenings", "/happenings", "What is on"), func(ctx context.Context, in *onIn) (*list[HappeningJSON], error) {
		items, err := p.happeningsJSON(ctx, in.Programme, in.From, in.Until)
		out := &list[HappeningJSON]{}
		out.Body.Items = items
		return out, err
	})
}

func (p *Programmes) recordJSON(ctx context.Context, slug string, year int) (out RecordJSON, err error) {
	all, err := p.directory.Get(ctx)
	if err != nil {
		return out, err
	}
	one, err := all.BySlug(slug)
	if err != nil {
		return out, err
	}
	if year == 0 {
		year = jp.FiscalYear(jp.DateOf(p.deps.DB.Now()))
	}
	out = RecordJSON{Programme: slug, FiscalYear: year, Participants: []HeadJSON{}}
	err = p.deps.DB.Read(ctx, func(tx *db.Tx) error {
		y, err := record.Of(tx, one.ID, year)
		if err != nil {
			return err
		}
		before, err := record.Of(tx, one.ID, year-1)
		if err != nil {
			return err
		}
		out.Total, out.Before = sumJSON("", y.Total()), sumJSON("", before.Total())
		for i, m := range y.Months {
			out.Months = append(out.Months, sumJSON(record.First(year).AddMonths(i).String()[:7], m))
		}
		for _, h := range y.Heads {
			out.Participants = append(out.Participants, HeadJSON{h.Age, h.Lang, h.Heads})
		}
		return nil
	})
	return out, err
}

// maxSpan is how many days one question about what is on may span.
const maxSpan = 366

func (p *Programmes) happeningsJSON(ctx context.Context, slug, first, last string) ([]HappeningJSON, error) {
	q := from(p.deps.DB.Now(), aheadDays)
	var check fault.Check
	if first != "" {
		d, err := jp.ParseDate(first)
		check.Field(err == nil, "from", "programmes.day")
		q.From, q.Until = d.At(0), d.AddDays(aheadDays).At(0)
	}
	if last != "" {
		d, err := jp.ParseDate(last)
		check.Field(err == nil && q.From.Before(d.AddDays(1).At(0)), "until", "programmes.day")
		q.Until = d.AddDays(1).At(0)
	}
	check.Field(q.Until.Sub(q.From) <= maxSpan*24*time.Hour, "until", "programmes.span", "days", int64(maxSpan))
	if err := check.Err(); err != nil {
		return nil, err
	}
	all, err := p.directory.Get(ctx)
	if err != nil {
		return nil, err
	}
	if slug != "" {
		one, err := all.BySlug(slug)
		if err != nil {
			return nil, err
		}
		q.Programme = one.ID
	}
	var list []module.Happening
	err = p.deps.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = p.happenings(tx, q)
		return err
	})
	out := make([]HappeningJSON, len(list))
	for i, h := range list {
		out[i] = HappeningJSON{ID: h.ID, Programme: h.Programme, Field: fieldOf(h, all), Start: h.Start, End: h.End, Title: words(h.Title), Where: words(h.Where), Town: h.Town}
		if h.Path != "" {
			out[i].URL = p.deps.BaseURL + h.Path
		}
	}
	return out, err
}
