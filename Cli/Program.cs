using QatPipeline.Cli;

return await QatCommandLine.RunAsync(args);
