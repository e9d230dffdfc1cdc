%% Lets the process that started ejabberd manage accounts over stdin and stop it by closing stdin.
%% The lines are described in tools/servers/control-channel.ts.
%%
%% Not a module but a list of expressions for file:eval/2, so that nothing has to be compiled.
%% Bindings: Domain (binary), Ports (list of {Address, Port}), Names (list of {Domain, Address}), S2sPort;
%% addresses and names are strings.

%% Erlang reads its resolv.conf again a few seconds after the start and empties the cache with it; named by no file, it
%% is left alone.
inet_db:set_resolv_conf("").

%% ejabberd asks libc for addresses, which only /etc/hosts could answer for us, but Erlang for SRV
%% records, and Erlang looks into its cache first. So the cache gets a record with an address as target.
lists:foreach(fun({Name, Address}) ->
    ForYears = 1000000000,
    inet_db:add_rr("_xmpp-server._tcp." ++ Name, in, srv, ForYears, {0, 0, S2sPort, Address})
end, Names).

Say = fun(Words) ->
    io:put_chars(["envoi ", lists:join(" ", Words), "\n"])
end.

SetPassword = fun(User, Password) ->
    ejabberd_auth:set_password(User, Domain, Password)
end.

Obey = fun
    ("add", User, Password) ->
        case ejabberd_auth:try_register(User, Domain, Password) of
            {error, exists} -> SetPassword(User, Password);
            Result -> Result
        end;
    ("password", User, Password) ->
        case ejabberd_auth:user_exists(User, Domain) of
            true -> SetPassword(User, Password);
            false -> {error, "no such account"}
        end;
    ("remove", User, _) ->
        ejabberd_auth:remove_user(User, Domain);
    %% As SIGKILL, but with what it has answered for. The archive lies in dets, which writes late, and a message to
    %% another server in memory until it is written to the socket: killed as it is, the server would forget what it has
    %% answered for, or half of a message's two copies. So it finishes what it is at, and writes down all of it.
    ("crash", _, _) ->
        Children = fun(Supervisor) -> [P || {_, P, _, _} <- supervisor:which_children(Supervisor), is_pid(P)] end,
        Streams = [ejabberd_sm:get_session_pid(U, S, R) || {U, S, R} <- ejabberd_sm:dirty_get_sessions_list()],
        [catch sys:suspend(P, 1000) || P <- Streams ++ Children(ejabberd_s2s_in_sup), is_pid(P)],
        %% Asked for its state, a stream has first sent what it was given; what it keeps waits for the connection.
        IsIdle = fun(P) ->
            case catch sys:get_state(P, 1000) of
                #{queue := Queue} -> p1_queue:len(Queue) =:= 0;
                _ -> true
            end
        end,
        Wait = fun
            Again(0) -> ok;
            Again(Times) ->
                case lists:all(IsIdle, Children(ejabberd_s2s_out_sup)) of
                    true -> ok;
                    false -> timer:sleep(20), Again(Times - 1)
                end
        end,
        Wait(100),
        [dets:sync(Table) || Table <- mnesia:system_info(tables),
                             mnesia:table_info(Table, storage_type) =:= disc_only_copies],
        erlang:halt(137, [{flush, false}])
end.

Decode = fun("=") -> <<>>; (Text) -> base64:decode(Text) end.

%% One process per line: hashing a password takes time and the lines do not depend on each other.
Handle = fun(Line) ->
    case string:lexemes(Line, " \n") of
        [Id, Verb, User, Password] ->
            spawn(fun() ->
                case catch Obey(Verb, Decode(User), Decode(Password)) of
                    ok ->
                        %% Mnesia keeps its log in memory for a while; an answered change must outlive SIGKILL.
                        mnesia:sync_log(),
                        Say([Id, "ok"]);
                    Error -> Say([Id, "error", io_lib:format("~0p", [Error])])
                end
            end);
        _ ->
            ignored
    end
end.

IsOurs = fun({Address, Port}) ->
    {ok, Ip} = inet:parse_address(Address),
    %% Listening sockets are ports of this virtual machine: ask them where they are bound.
    lists:any(fun(Socket) -> inet:sockname(Socket) =:= {ok, {Ip, Port}} end,
              [P || P <- erlang:ports(), erlang:port_info(P, name) =:= {name, "tcp_inet"}])
end.

Report = fun() ->
    case lists:filter(fun(Place) -> not IsOurs(Place) end, Ports) of
        [] -> Say(["ready"]);
        [{Address, Port} | _] -> Say(["busy", Address ++ ":" ++ integer_to_list(Port)])
    end
end.

spawn(fun() ->
    Report(),
    Loop = fun Loop() ->
        case io:get_line("") of
            Line when is_list(Line) -> Handle(Line), Loop();
            %% eof or {error, _}
            _ -> init:stop()
        end
    end,
    Loop()
end).
