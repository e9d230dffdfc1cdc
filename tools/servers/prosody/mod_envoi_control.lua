-- Lets the process that started Prosody manage accounts over stdin and stop it by closing stdin.
-- The lines are described in tools/servers/control-channel.ts.
module:set_global();

local base64 = require "util.encodings".base64;
local portmanager = require "core.portmanager";
local server = require "net.server";
local timer = require "util.timer";
local usermanager = require "core.usermanager";

local default_host = module:get_option_string("envoi_control_host");

-- "local" stands for an account of the first domain, "local@domain" for one of any served here.
local function split(address)
	local username, host = address:match("^(.+)@([^@]+)$");
	return username or address, host or default_host;
end

-- Unbuffered: a line left in a buffer would not wake the poller again.
io.stdin:setvbuf("no");

local function say(...)
	io.stdout:write("envoi ", table.concat({ ... }, " "), "\n");
	io.stdout:flush();
end

local verbs = {};

function verbs.password(address, password)
	local username, host = split(address);
	return usermanager.set_password(username, password, host);
end

function verbs.add(address, password)
	local username, host = split(address);
	if not usermanager.user_exists(username, host) then
		return usermanager.create_user(username, password, host);
	elseif usermanager.test_password(username, host, password) then
		return true;
	end
	return verbs.password(address, password);
end

function verbs.remove(address)
	local username, host = split(address);
	if not usermanager.user_exists(username, host) then
		return true;
	end
	return usermanager.delete_user(username, host);
end

-- Whether something for another server is not in the kernel's hands yet.
local function is_handing_over()
	for _, host in pairs(prosody.hosts) do
		for _, session in pairs(host.s2sout or {}) do
			local queue, buffer = session.sendq, session.conn and session.conn.writebuffer;
			if queue and queue[1] or type(buffer) == "string" or buffer and buffer[1] then
				return true;
			end
		end
	end
end

-- As SIGKILL, but not in the middle of a stanza: killed there, the server would have put a message into one of its two
-- archives, or taken it and not given it to the other server, which no client can know.
function verbs.crash()
	for conn in pairs(module:shared("/*/c2s/sessions")) do
		conn:pause();
	end
	local tries = 100;
	timer.add_task(0, function ()
		tries = tries - 1;
		if tries > 0 and is_handing_over() then
			return 0.02;
		end
		os.exit(137, false);
	end);
	return true;
end

local function obey(line)
	local id, verb, username, password = line:match("^(%S+) (%S+) (%S+) (%S+)$");
	if not verbs[verb] then
		return;
	end
	local called, ok, err = pcall(verbs[verb], base64.decode(username) or "", base64.decode(password) or "");
	if called and ok then
		say(id, "ok");
	else
		say(id, "error", (tostring(called and err or ok):gsub("\n", " ")));
	end
end

local stdin;
stdin = server.watchfd(0, function ()
	local line = io.stdin:read("*l");
	if line then
		obey(line);
	else
		stdin:close();
		-- Shutdown waits for sessions to close, which it can only do in a thread of Prosody's.
		prosody.main_thread:run(function ()
			prosody.shutdown("the controlling process closed stdin");
		end);
	end
end);

-- SQLite waits for the disk at every message, which takes most of the time. Without that, data still
-- outlive a killed Prosody; only a crash of the whole machine could damage them.
local function write_without_waiting()
	for _, engine in pairs(module:shared("/*/sql/connections")) do
		local ok, err = pcall(engine.execute, engine, "PRAGMA synchronous=OFF;");
		if not ok then
			module:log("warn", "SQLite stays slow: %s", err);
		end
	end
end

module:hook_global("server-started", function ()
	write_without_waiting();
	for _, kind in ipairs { "http", "c2s", "s2s" } do
		for _, address in ipairs(module:get_option_array(kind .. "_interfaces", {})) do
			for _, port in ipairs(module:get_option_array(kind .. "_ports", {})) do
				if not portmanager.get_service_at(address, port) then
					return say("busy", address .. ":" .. port);
				end
			end
		end
	end
	say("ready");
end);
