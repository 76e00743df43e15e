// Package signin lets a person in, without any password: by a code sent by
// mail, by a passkey, or through a sign-in service (OpenID Connect).
//
// Words: a flow is one try to sign in by mail or through a service, held
// together by a random token that only the browser keeps; a code is the six
// digits that the mail brings; the first form (welcome) makes the person of
// somebody who proved an address but is not known yet; a ceremony is what is
// remembered between the two halves of a passkey or a service's sign-in, and
// works once.
//
// Promises:
//   - Whoever asks for a code gets the same answer, known or not.
//   - A code works for ten minutes and five tries, in the browser that asked
//     for it. Neither code nor token can be read from the database.
//   - How often codes are asked for is limited by address of the net and by
//     mail address, and the limits hold across nodes.
//   - A passkey is bound to this city's address and needs the device's own
//     check of the person (fingerprint, face or PIN). A key that seems copied
//     is refused.
//   - A service's answer counts only for the browser that asked (state), for
//     this very question (nonce, PKCE), from the issuer that was asked, within
//     its time. It is linked by issuer and subject; by mail address only when
//     the service says that it verified it.
//   - The demo's one-click sign-in is not even registered outside a demo.
package signin
