package people

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"kakehashi/domains/people/mydata"
	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// Commands are the module's commands, listed before any city is open.
func Commands() []module.Command {
	return []module.Command{
		{Name: "token", Usage: "--person MAIL|ID [--label TEXT] [--scopes read,write] [--days N]", Help: "make a personal API token and print it once", Setup: tokenCommand},
		{Name: "operator", Usage: "--mail MAIL --name NAME", Help: "appoint an operator, making the person when nobody is known by the address", Setup: operatorCommand},
	}
}

var cli = db.Actor{Via: "cli"}

func tokenCommand(f *flag.FlagSet) func(context.Context, module.Env, []string) error {
	who := f.String("person", "", "mail address or id of the person")
	label := f.String("label", "command line", "what the token is for")
	scopes := f.String("scopes", "read", "read, write or both, separated by a comma")
	days := f.Int("days", 90, "how long it works")
	return func(ctx context.Context, env module.Env, _ []string) error {
		if *who == "" {
			return errors.New("--person is missing")
		}
		var secret string
		err := env.Deps.DB.Write(ctx, cli, func(tx *db.Tx) error {
			id, err := named(tx, person.NewStore(env.Deps.Keys), *who)
			if err != nil {
				return err
			}
			secret, err = mydata.CreateToken(tx, id, *label, strings.Split(*scopes, ","), *days)
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(env.Stdout, secret)
		return err
	}
}

// named finds a person by mail address or id.
func named(tx *db.Tx, store *person.Store, s string) (db.ID, error) {
	if strings.Contains(s, "@") {
		mail, err := person.ParseMail(s)
		if err != nil {
			return 0, err
		}
		id, found, err := store.ByMail(tx, mail)
		if err == nil && !found {
			err = errors.New("nobody signs in with this address")
		}
		return id, err
	}
	id, err := db.ParseID(s)
	if err != nil {
		return 0, err
	}
	_, err = store.Get(tx, id)
	return id, err
}

func operatorCommand(f *flag.FlagSet) func(context.Context, module.Env, []string) error {
	mail := f.String("mail", "", "address the operator signs in with")
	name := f.String("name", "", "name, when nobody is known by the address yet")
	return func(ctx context.Context, env module.Env, _ []string) error {
		address, err := person.ParseMail(*mail)
		if err != nil {
			return fmt.Errorf("--mail: %w", err)
		}
		store := person.NewStore(env.Deps.Keys)
		err = env.Deps.DB.Write(ctx, cli, func(tx *db.Tx) error {
			id, found, err := store.ByMail(tx, address)
			if err != nil {
				return err
			}
			if !found {
				made, err := store.Create(tx, person.Person{
					Name: *name, Langs: []i18n.Lang{i18n.Ja}, Account: true, Private: person.Private{Mail: address},
				})
				if err != nil {
					return err
				}
				id = made.ID
			}
			_, err = store.Give(tx, person.Post{Person: id, Role: web.RoleOperator, Scope: web.Scope{Kind: "city"}, Reason: "appointed on the command line"})
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.Stdout, "%s is an operator now and signs in at %s/sign-in\n", address, env.Deps.BaseURL)
		return err
	}
}
