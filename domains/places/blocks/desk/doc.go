// Package desk is where clerks take rooms for the office: the list of blocks, the
// form with its preview, and one block; and what somebody who had to give way
// sees on their reservation's page.
package desk
