package people

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Me is the JSON twin of /me: who the bearer is and what they hold.
type Me struct {
	ID        db.ID       `json:"id"`
	Name      string      `json:"name"`
	Languages []i18n.Lang `json:"languages" doc:"in the order in which the person reads them"`
	Posts     []MePost    `json:"posts" doc:"held today"`
}

// MePost is one post held today.
type MePost struct {
	Role  web.Role `json:"role"`
	Kind  string   `json:"kind" doc:"city, office, group, programme or district"`
	Scope db.ID    `json:"scope,omitempty" doc:"empty for the city"`
}

// api registers the module's operations.
func (p *People) api(a *api.API) {
	type reply struct{ Body Me }
	api.Register(a, web.SignedIn(), huma.Operation{
		OperationID: "people-me", Method: http.MethodGet, Path: "/me", Summary: "Who I am and what I hold", Tags: []string{"people"},
	}, func(ctx context.Context, _ *struct{}) (*reply, error) {
		v := web.From(ctx).Viewer
		out := &reply{Body: Me{ID: v.Person, Name: v.Name, Posts: []MePost{}}}
		for _, post := range v.Posts {
			out.Body.Posts = append(out.Body.Posts, MePost{Role: post.Role, Kind: post.Scope.Kind, Scope: post.Scope.ID})
		}
		err := p.deps.DB.Read(ctx, func(tx *db.Tx) error {
			me, err := p.Get(tx, v.Person)
			out.Body.Languages = me.Langs
			return err
		})
		return out, err
	})
}
