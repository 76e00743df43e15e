package profile

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kakehashi/domains/groups/group"
	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Public is a group as machines read it: public fields alone.
type Public struct {
	ID       db.ID       `json:"id"`
	Kind     group.Kind  `json:"kind"`
	Name     i18n.Text   `json:"name" doc:"by language"`
	Kana     string      `json:"kana,omitempty"`
	About    i18n.Text   `json:"about,omitempty"`
	Meets    i18n.Text   `json:"meets,omitempty" doc:"when and where it meets"`
	Wants    i18n.Text   `json:"wants,omitempty" doc:"whom it looks for"`
	Langs    []i18n.Lang `json:"languages,omitempty" doc:"spoken in the group"`
	Town     string      `json:"town,omitempty"`
	Site     string      `json:"site,omitempty"`
	Contact  string      `json:"contact,omitempty"`
	Until    string      `json:"registered_until,omitempty" doc:"YYYY-MM-DD"`
	Modified time.Time   `json:"modified"`
}

func public(g group.Group) Public {
	return Public{
		ID: g.ID, Kind: g.Kind, Name: g.Name, Kana: g.Kana, About: g.About, Meets: g.Meets, Wants: g.Wants,
		Langs: g.Langs, Town: g.Town, Site: g.Site, Contact: g.Contact, Until: date(g.Until), Modified: g.Changed,
	}
}

type listIn struct {
	api.Paged
	Q    string `query:"q" doc:"part of anything public, in any width" maxLength:"80"`
	Kind string `query:"kind" doc:"association, npo, civic, student, company, school, senior_club, disaster_org or office"`
	Town string `query:"town" doc:"as the city writes it"`
	Lang string `query:"language" doc:"spoken in the group"`
}

type oneIn struct {
	ID api.ID `path:"id"`
}

type oneOut struct{ Body Public }

// API registers the JSON twins.
func (p *Pages) API(a *api.API) {
	api.Register(a, web.Public(), huma.Operation{
		OperationID: "list-groups", Method: http.MethodGet, Path: "/groups", Summary: "Registered groups, by name", Tags: []string{"groups"},
	}, func(ctx context.Context, in *listIn) (*api.Page[Public], error) {
		keys, err := in.Keys(1)
		if err != nil {
			return nil, err
		}
		f := group.Filter{Public: true, Text: in.Q, Kind: group.Kind(in.Kind), Town: in.Town, Lang: i18n.Lang(in.Lang), Limit: in.Limit}
		if len(keys) > 0 {
			f.After = keys[0]
		}
		var l group.Listing
		if err := p.db.Read(ctx, func(tx *db.Tx) (err error) {
			l, err = group.List(tx, f)
			return err
		}); err != nil {
			return nil, err
		}
		items := make([]Public, len(l.Groups))
		for i := range l.Groups {
			items[i] = public(l.Groups[i])
		}
		next := ""
		if l.Next != "" {
			next = api.Cursor(l.Next)
		}
		return api.NewPage(ctx, items, next), nil
	})
	api.Register(a, web.Public(), huma.Operation{
		OperationID: "get-group", Method: http.MethodGet, Path: "/groups/{id}", Summary: "One registered group", Tags: []string{"groups"},
	}, func(ctx context.Context, in *oneIn) (*oneOut, error) {
		var out oneOut
		err := p.db.Read(ctx, func(tx *db.Tx) error {
			g, err := group.Get(tx, in.ID.ID)
			if err != nil {
				return err
			}
			if !g.Public(group.Today(tx)) {
				return fault.New(fault.NotFound, "groups.error.not_public")
			}
			out.Body = public(g)
			return nil
		})
		return &out, err
	})
}
