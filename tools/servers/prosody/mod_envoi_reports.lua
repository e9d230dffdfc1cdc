-- Takes reports of spam and abuse with a block (XEP-0377 0.4), as the community module does, and writes them to the log.

local xmlns_reporting = "urn:xmpp:reporting:1";
local xmlns_sid = "urn:xmpp:sid:0";

module:add_feature(xmlns_reporting);

module:hook("iq-set/self/urn:xmpp:blocking:block", function (event)
	for item in event.stanza.tags[1]:childtags("item") do
		local report = item:get_child("report", xmlns_reporting);
		if report then
			local ids = {};
			for id in report:childtags("stanza-id", xmlns_sid) do
				table.insert(ids, id.attr.by .. "/" .. id.attr.id);
			end
			module:log("info", "%s reports %s as %s: %s", event.origin.username, item.attr.jid, report.attr.reason, table.concat(ids, " "));
			-- What is pushed to other devices is the block alone.
			item:maptags(function (tag) if tag.attr.xmlns ~= xmlns_reporting then return tag; end end);
		end
	end
end, 10);
