// Package people is the module of persons: who is in the room, how they sign
// in, which posts they hold, who may act for whom, and what is kept about them.
//
// Rooms of the house:
//
//   - person: the nouns, their rules and stores. Everything else leans on it.
//   - signin: mail codes, passkeys, sign-in services (OIDC), the first form.
//   - mydata: the reader's own pages: settings, family, tokens, "my data".
//   - office: the clerk's pages: finding a person, posts, acting for another.
//   - cast: the people of the demo city.
//
// This package puts them together into one module.Module; it has no rules.
//
// Promises to the other modules:
//   - People.Identify, Recipient and Token are what platform/web, deliver and
//     api ask; they read, and never write.
//   - Give and End change posts with their history; whoever calls them vouches
//     that the actor may (person.MayGive, or a rule of the caller's own).
package people
